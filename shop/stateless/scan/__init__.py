"""Reading the source code of the audited project. Nothing of it is run here."""

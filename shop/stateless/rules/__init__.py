"""The questions of the audit, one file a topic. Each rule takes the project and yields rows."""

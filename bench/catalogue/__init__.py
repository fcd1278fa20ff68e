"""A made-up catalogue of any size, always the same, written by COPY."""

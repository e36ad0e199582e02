"""Stored records made into Ashby's replies: ids become the objects they name, in the depth that Ashby shows."""

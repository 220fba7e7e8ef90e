"""Search over what is published: one index, three engines, and no word of it for those who may not read it.

`documents` says what of a story goes in, `typed` what somebody asks for, `engines` keep and find,
`finding` joins what was found with what the public may see, `snippets` shows where the words stand.
"""

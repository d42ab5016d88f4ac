"""What a lake holds, for catalogues of data: no text of any document, no name of one."""

"""How old what we say is: confirmations, quality of records, conflicts with the register."""

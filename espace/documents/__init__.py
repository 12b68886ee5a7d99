"""Files that families and agents deposit: checked by what they are, kept encrypted, delivered to who may read (I6)."""

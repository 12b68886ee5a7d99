"""Who answers for a child: the arrangement, its exceptions, and what a change does, shown before it is done."""

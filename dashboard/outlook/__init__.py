"""The years ahead: a cohort-component model of the districts' people of working age, and how far it can be trusted."""

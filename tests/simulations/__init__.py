"""Many things at once on a virtual clock, with everything outside going wrong in proportion."""

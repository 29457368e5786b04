"""`make bench`: figures of the running product, printed as measured. README.md tells what each means."""

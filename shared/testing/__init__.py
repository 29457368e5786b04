"""What tests of all packages share: the harness, conformance suites, chaos, and real servers as fixtures."""

"""Makes the files of reports: PDF, Excel, CSV."""

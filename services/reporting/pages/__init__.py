"""The pages of finance: sign-in, figures, payments, exceptions, reports, donors, audit, settings."""

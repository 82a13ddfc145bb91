"""What the end-to-end tests stand on: real servers, real load, the real daemon, and readers for what each reports."""

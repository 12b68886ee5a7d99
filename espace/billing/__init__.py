"""What is owed: charges, runs, invoices numbered without gaps. Billing pulls; nothing below tells it."""

"""The roster as files: workbook, table, calendar and print cards."""

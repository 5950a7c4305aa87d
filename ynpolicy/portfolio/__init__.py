"""Rules over a portfolio: groups of cases, judged as cases."""

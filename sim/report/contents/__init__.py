"""What stands in each figure of a report: records for `sim.report.figures`, from the results of a run and published history."""

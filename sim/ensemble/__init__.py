"""Many draws of one kernel: designs and samples, blocks spread over processes or a cluster, statistics as they arrive."""

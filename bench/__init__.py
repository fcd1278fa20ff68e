"""The benchmark: what each kind of request costs, beside a bare Django view under the same server in the same run."""

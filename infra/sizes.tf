locals {
  # connections: PostgreSQL's own default for the memory of that instance, rounded down; k8s/budget.py compares with it.
  size = {
    small  = { database = "db.t4g.medium", storage = 50, connections = 400, cache = "cache.t4g.small", nodes = 2 }
    medium = { database = "db.r7g.large", storage = 200, connections = 1600, cache = "cache.m7g.large", nodes = 2 }
    large  = { database = "db.r7g.2xlarge", storage = 1000, connections = 5000, cache = "cache.r7g.xlarge", nodes = 3 }
  }[var.size]
}

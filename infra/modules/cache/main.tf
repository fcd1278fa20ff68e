# One Valkey replication group, which speaks Redis' protocol: TLS, a password, a replica in another zone.
variable "name" { type = string }
variable "eviction" { type = string }
variable "vpc_id" { type = string }
variable "subnet_ids" { type = list(string) }
variable "client_cidr" { type = string }
variable "node_type" { type = string }
variable "nodes" { type = number }

data "aws_secretsmanager_random_password" "token" {
  password_length     = 48
  exclude_punctuation = true
}

resource "aws_elasticache_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "Redis protocol from the VPC"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  security_group_id = aws_security_group.this.id
  description       = "From pods"
  cidr_ipv4         = var.client_cidr
  ip_protocol       = "tcp"
  from_port         = 6379
  to_port           = 6379
}

resource "aws_elasticache_parameter_group" "this" {
  name   = var.name
  family = "valkey8"
  parameter {
    name  = "maxmemory-policy"
    value = var.eviction
  }
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = var.name
  description                = "Of the store: ${var.name}"
  engine                     = "valkey"
  engine_version             = "8.0"
  node_type                  = var.node_type
  num_cache_clusters         = var.nodes
  automatic_failover_enabled = true
  multi_az_enabled           = true
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.this.id]
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  auth_token                 = data.aws_secretsmanager_random_password.token.random_password
  snapshot_retention_limit   = var.eviction == "noeviction" ? 1 : 0
  apply_immediately          = true
  # A new random password at each plan would replace the token behind the store's back; rotate it on purpose.
  lifecycle { ignore_changes = [auth_token] }
}

output "address" { value = "${aws_elasticache_replication_group.this.primary_endpoint_address}:6379" }
# Known before they exist, because ElastiCache numbers them: alarms can be made in the same run.
output "members" { value = [for number in range(var.nodes) : format("%s-%03d", var.name, number + 1)] }
output "token" {
  value     = aws_elasticache_replication_group.this.auth_token
  sensitive = true
}

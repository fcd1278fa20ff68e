# PostgreSQL, in two zones, encrypted, with backups of two weeks. RDS keeps and rotates the owner's password.
variable "name" { type = string }
variable "vpc_id" { type = string }
variable "subnet_ids" { type = list(string) }
variable "client_cidr" { type = string }
variable "class" { type = string }
variable "storage" {
  description = "GiB to begin with; it grows by itself to five times that."
  type        = number
}
variable "connections" { type = number }

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name        = "${var.name}-database"
  description = "PostgreSQL from the VPC"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  security_group_id = aws_security_group.this.id
  description       = "From pods"
  cidr_ipv4         = var.client_cidr
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}

resource "aws_db_parameter_group" "this" {
  name   = "${var.name}-17"
  family = "postgres17"
  parameter {
    name         = "max_connections"
    value        = var.connections
    apply_method = "pending-reboot"
  }
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
  # What takes longer than half a second is worth a look.
  parameter {
    name  = "log_min_duration_statement"
    value = "500"
  }
  lifecycle { create_before_destroy = true }
}

resource "aws_db_instance" "this" {
  identifier                      = var.name
  engine                          = "postgres"
  engine_version                  = "17"
  instance_class                  = var.class
  db_name                         = "shop"
  username                        = "shop"
  manage_master_user_password     = true
  allocated_storage               = var.storage
  max_allocated_storage           = var.storage * 5
  storage_type                    = "gp3"
  storage_encrypted               = true
  multi_az                        = true
  db_subnet_group_name            = aws_db_subnet_group.this.name
  vpc_security_group_ids          = [aws_security_group.this.id]
  parameter_group_name            = aws_db_parameter_group.this.name
  backup_retention_period         = 14
  backup_window                   = "02:00-03:00"
  maintenance_window              = "sun:03:30-sun:04:30"
  copy_tags_to_snapshot           = true
  deletion_protection             = true
  skip_final_snapshot             = false
  final_snapshot_identifier       = "${var.name}-last"
  auto_minor_version_upgrade      = true
  performance_insights_enabled    = true
  enabled_cloudwatch_logs_exports = ["postgresql"]
  ca_cert_identifier              = "rds-ca-rsa2048-g1"
}

# RDS changes the owner's password by itself; pods look the new one up (infra/README.md).
resource "aws_secretsmanager_secret_rotation" "owner" {
  secret_id          = one(aws_db_instance.this.master_user_secret[*].secret_arn)
  rotate_immediately = false
  rotation_rules { automatically_after_days = 30 }
}

output "id" { value = aws_db_instance.this.identifier }
output "address" { value = "${aws_db_instance.this.address}:${aws_db_instance.this.port}" }
output "password_secret_arn" { value = one(aws_db_instance.this.master_user_secret[*].secret_arn) }

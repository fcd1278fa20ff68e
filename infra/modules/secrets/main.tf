# One entry with all secrets of the store, which External Secrets makes the Kubernetes Secret "shop" of. Values are put in
# by people (docs/deploy), never by Terraform: its state would keep them.
variable "name" { type = string }

resource "aws_kms_key" "this" {
  description         = "Secrets of ${var.name}"
  enable_key_rotation = true
}

resource "aws_secretsmanager_secret" "this" {
  name                    = "${var.name}/production"
  description             = "A JSON object: one key for each *_FILE name of k8s/base/shop.env"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 30
}

output "key_arn" { value = aws_kms_key.this.arn }
output "arn" { value = aws_secretsmanager_secret.this.arn }
output "name" { value = aws_secretsmanager_secret.this.name }

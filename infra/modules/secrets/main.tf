# One entry with all secrets of the store, which External Secrets makes the Kubernetes Secret "shop" of. Values are put in
# by people (docs/deploy), never by Terraform: its state would keep them.
variable "name" { type = string }

data "aws_caller_identity" "here" {}

# Whom the account's own policies allow, and nobody else: no principal is named here but the account.
data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.here.account_id}:root"]
    }
  }
}

resource "aws_kms_key" "this" {
  description         = "Secrets of ${var.name}"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
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

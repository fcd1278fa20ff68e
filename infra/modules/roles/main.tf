# What each kind of pod may do on AWS, and no more. EKS Pod Identity hands the roles to the service accounts; for IRSA give
# `trust` the cluster's OIDC provider instead and annotate the accounts with the roles' names.
variable "name" { type = string }
variable "cluster_name" { type = string }
variable "namespace" { type = string }
variable "media_arn" { type = string }
variable "queue_arns" { type = list(string) }
variable "dead_arns" { type = list(string) }
variable "events_arn" { type = string }
variable "backups_arn" { type = string }
variable "secret_arn" { type = string }

locals {
  rights = {
    # Staff upload pictures. Web pods know nothing of queues.
    web = {
      pictures = { actions = ["s3:PutObject"], resources = ["${var.media_arn}/*"] }
    }
    relay = {
      queues = { actions = ["sqs:SendMessage"], resources = var.queue_arns }
      depth  = { actions = ["sqs:GetQueueAttributes"], resources = concat(var.queue_arns, var.dead_arns) }
      events = { actions = ["sns:Publish"], resources = [var.events_arn] }
    }
    worker = {
      pictures = { actions = ["s3:PutObject", "s3:GetObject"], resources = ["${var.media_arn}/*"] }
      queues = {
        actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
        resources = var.queue_arns
      }
    }
    backup = {
      dumps = { actions = ["s3:PutObject", "s3:GetObject"], resources = ["${var.backups_arn}/backups/*"] }
    }
    external-secrets = {
      secret = { actions = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], resources = [var.secret_arn] }
    }
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "rights" {
  for_each = local.rights
  dynamic "statement" {
    for_each = each.value
    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}

resource "aws_iam_role" "this" {
  for_each           = local.rights
  name               = "${var.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  for_each = local.rights
  name     = "least"
  role     = aws_iam_role.this[each.key].id
  policy   = data.aws_iam_policy_document.rights[each.key].json
}

# Migrating and housekeeping touch the database only: these service accounts get no role at all.
resource "aws_eks_pod_identity_association" "this" {
  for_each        = var.cluster_name == "" ? {} : local.rights
  cluster_name    = var.cluster_name
  namespace       = each.key == "external-secrets" ? "external-secrets" : var.namespace
  service_account = each.key
  role_arn        = aws_iam_role.this[each.key].arn
}

output "arns" { value = { for key, role in aws_iam_role.this : key => role.arn } }
output "policies" { value = { for key, policy in data.aws_iam_policy_document.rights : key => policy.json } }

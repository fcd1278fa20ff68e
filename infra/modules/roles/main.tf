# What each kind of pod may do on AWS, and no more. EKS Pod Identity hands the roles to the service accounts, or, where
# `oidc_provider` is named, IRSA does: then annotate each account with eks.amazonaws.com/role-arn (output role_arns).
variable "name" { type = string }
variable "cluster_name" { type = string }
variable "oidc_provider" { type = string }
variable "namespace" { type = string }
variable "media_arn" { type = string }
variable "queue_arns" { type = list(string) }
variable "dead_arns" { type = list(string) }
variable "events_arn" { type = string }
variable "backups_arn" { type = string }
variable "secret_arn" { type = string }
variable "key_arn" { type = string }
variable "pods_read_secrets" { type = bool }

locals {
  # Whoever reads the settings reads the secrets: housekeeping too, which has no other right.
  reads = {
    read = { actions = ["secretsmanager:GetSecretValue"], resources = [var.secret_arn] }
    open = { actions = ["kms:Decrypt"], resources = [var.key_arn] }
  }
  readers = !var.pods_read_secrets ? [] : ["web", "relay", "worker", "migrate", "cron", "backup"]
  rights = merge(local.own, {
    for role in local.readers : role => merge(local.reads, try(local.own[role], {}))
  })
  own = {
    # Staff upload pictures, whose keys begin with two letters of a hash. Web pods know nothing of queues, and nobody but
    # migrate writes below static/: pods serve that as scripts of the store.
    web = {
      pictures = { actions = ["s3:PutObject"], resources = ["${var.media_arn}/??/*"] }
      static   = { actions = ["s3:GetObject"], resources = ["${var.media_arn}/static/*"] } # of other releases
    }
    # Puts the static files of its release where pods of others find them.
    migrate = {
      static = { actions = ["s3:PutObject"], resources = ["${var.media_arn}/static/*"] }
    }
    relay = {
      queues = { actions = ["sqs:SendMessage"], resources = var.queue_arns }
      depth  = { actions = ["sqs:GetQueueAttributes"], resources = concat(var.queue_arns, var.dead_arns) }
    }
    worker = {
      events   = { actions = ["sns:Publish"], resources = [var.events_arn] }
      pictures = { actions = ["s3:PutObject", "s3:GetObject"], resources = ["${var.media_arn}/??/*"] }
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
      key    = { actions = ["kms:Decrypt"], resources = [var.key_arn] } # the secret is encrypted with a key of its own
    }
  }
  namespaces = { for role in keys(local.rights) : role => role == "external-secrets" ? role : var.namespace }
}

data "aws_caller_identity" "here" {}

# Each role for the service account of its name alone: attached to another one it is refused.
data "aws_iam_policy_document" "trust" {
  for_each = local.rights
  dynamic "statement" {
    for_each = var.oidc_provider == "" ? [1] : []
    content {
      actions = ["sts:AssumeRole", "sts:TagSession"]
      principals {
        type        = "Service"
        identifiers = ["pods.eks.amazonaws.com"]
      }
      dynamic "condition" {
        for_each = {
          "aws:RequestTag/kubernetes-namespace"       = local.namespaces[each.key]
          "aws:RequestTag/kubernetes-service-account" = each.key
        }
        content {
          test     = "StringEquals"
          variable = condition.key
          values   = [condition.value]
        }
      }
    }
  }
  dynamic "statement" {
    for_each = var.oidc_provider == "" ? [] : [1]
    content {
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["arn:aws:iam::${data.aws_caller_identity.here.account_id}:oidc-provider/${var.oidc_provider}"]
      }
      dynamic "condition" {
        for_each = {
          "${var.oidc_provider}:sub" = "system:serviceaccount:${local.namespaces[each.key]}:${each.key}"
          "${var.oidc_provider}:aud" = "sts.amazonaws.com"
        }
        content {
          test     = "StringEquals"
          variable = condition.key
          values   = [condition.value]
        }
      }
    }
  }
}

module "rights" {
  source = "../rights"
  name   = var.name
  trust  = { for key, policy in data.aws_iam_policy_document.trust : key => policy.json }
  rights = local.rights
}

# Housekeeping touches the database only: its service account gets no role at all.
resource "aws_eks_pod_identity_association" "this" {
  for_each        = var.cluster_name == "" || var.oidc_provider != "" ? {} : local.rights
  cluster_name    = var.cluster_name
  namespace       = local.namespaces[each.key]
  service_account = each.key
  role_arn        = module.rights.arns[each.key]
}

output "readers" { value = { for role in local.readers : role => module.rights.ids[role] } }
output "arns" { value = module.rights.arns }
output "trust" { value = { for key, policy in data.aws_iam_policy_document.trust : key => policy.json } }
output "policies" { value = module.rights.policies }

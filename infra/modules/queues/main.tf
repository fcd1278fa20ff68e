# A queue for each kind of work, each with a dead-letter queue; topics for events of orders and for alarms.
variable "name" { type = string }
variable "alarm_email" { type = string }

locals {
  # Seconds that a received message stays hidden. A worker at work prolongs it (visibility heartbeat), so it only has to
  # outlast the time between two of its signs of life; a killed worker's message comes back after it.
  visibility = { default = 30, mail = 30, media = 30, webhooks = 30 }
  retention  = 14 * 24 * 3600 # seconds; the most that SQS keeps
  receives   = 5              # deliveries before a message is set aside
}

data "aws_caller_identity" "here" {}

resource "aws_sqs_queue" "dead" {
  for_each                  = local.visibility
  name                      = "${var.name}-${each.key}-dlq"
  message_retention_seconds = local.retention
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "this" {
  for_each                   = local.visibility
  name                       = "${var.name}-${each.key}"
  visibility_timeout_seconds = each.value
  message_retention_seconds  = local.retention
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = local.receives
  })
}

# Only the queue that it belongs to may put messages there.
resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  for_each  = aws_sqs_queue.dead
  queue_url = each.value.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this[each.key].arn]
  })
}

# What each queue and topic refuses to all.
locals {
  refusing = merge(
    { for key, queue in aws_sqs_queue.this : key => { arn = queue.arn, actions = ["sqs:*"] } },
    { for key, queue in aws_sqs_queue.dead : "${key}-dlq" => { arn = queue.arn, actions = ["sqs:*"] } },
    { for key, arn in local.topics : key => { arn = arn, actions = ["sns:Publish"] } },
  )
  topics = { events = aws_sns_topic.events.arn, alarms = aws_sns_topic.alarms.arn }
}

data "aws_iam_policy_document" "encrypted_only" {
  for_each = local.refusing
  statement {
    sid       = "RefusePlainHttp"
    effect    = "Deny"
    actions   = each.value.actions
    resources = [each.value.arn]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  for_each  = aws_sqs_queue.this
  queue_url = each.value.id
  policy    = data.aws_iam_policy_document.encrypted_only[each.key].json
}

resource "aws_sqs_queue_policy" "dead" {
  for_each  = aws_sqs_queue.dead
  queue_url = each.value.id
  policy    = data.aws_iam_policy_document.encrypted_only["${each.key}-dlq"].json
}

# What happened to orders, for other systems.
resource "aws_sns_topic" "events" {
  name              = "${var.name}-order-events"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = aws_kms_key.alarms.id
}

# CloudWatch cannot use the key that AWS keeps for SNS.
resource "aws_kms_key" "alarms" {
  description         = "Alarms of ${var.name}"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.alarms_key.json
}

data "aws_iam_policy_document" "alarms_key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.here.account_id}:root"]
    }
  }
  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
  }
}

# Who may talk to them is said by the roles' own rights; here is what else must hold: nothing in plain text, and alarms come
# from CloudWatch of this account only.
data "aws_iam_policy_document" "topic" {
  for_each                = local.topics
  source_policy_documents = [data.aws_iam_policy_document.encrypted_only[each.key].json]
  statement {
    sid       = "ThisAccount"
    actions   = ["sns:Publish", "sns:Subscribe", "sns:GetTopicAttributes", "sns:SetTopicAttributes", "sns:ListSubscriptionsByTopic"]
    resources = [each.value]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.here.account_id}:root"]
    }
  }
  dynamic "statement" {
    for_each = each.key == "alarms" ? [1] : []
    content {
      sid       = "CloudWatchRings"
      actions   = ["sns:Publish"]
      resources = [each.value]
      principals {
        type        = "Service"
        identifiers = ["cloudwatch.amazonaws.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [data.aws_caller_identity.here.account_id]
      }
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  for_each = data.aws_iam_policy_document.topic
  arn      = local.topics[each.key]
  policy   = each.value.json
}

resource "aws_sns_topic_subscription" "alarms" {
  count     = var.alarm_email == "" ? 0 : 1
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

output "base_url" { value = trimsuffix(aws_sqs_queue.this["default"].url, "/${var.name}-default") }
output "arns" { value = [for queue in aws_sqs_queue.this : queue.arn] }
output "dead_letter_arns" { value = [for queue in aws_sqs_queue.dead : queue.arn] }
output "names" { value = [for queue in aws_sqs_queue.this : queue.name] }
output "dead_letter_names" { value = [for queue in aws_sqs_queue.dead : queue.name] }
output "visibility" { value = local.visibility }
output "events_arn" { value = aws_sns_topic.events.arn }
output "alarms_arn" { value = aws_sns_topic.alarms.arn }

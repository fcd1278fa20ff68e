# Another system that lives on the events of orders: a queue subscribed to the topic, a function that starts one execution
# for each paid order, and the steps that follow. An example to begin with: it is applied beside the store, not by it.
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.100" }
  }
}

variable "name" {
  type    = string
  default = "fulfilment"
}

variable "events_topic_arn" {
  description = "terraform output -raw events_topic_arn, of the store"
  type        = string
}

variable "package" {
  description = "A zip with start.py in it: zip start.zip start.py"
  type        = string
  default     = "start.zip"
}

locals {
  timeout = 30 # seconds that the function may take
}

# What comes in

resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-dlq"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "events" {
  name                       = var.name
  message_retention_seconds  = 14 * 24 * 3600
  visibility_timeout_seconds = 6 * local.timeout # Lambda's own advice
  sqs_managed_sse_enabled    = true
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 5 })
}

data "aws_iam_policy_document" "from_topic" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.events.arn]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [var.events_topic_arn]
    }
  }
}

resource "aws_sqs_queue_policy" "events" {
  queue_url = aws_sqs_queue.events.id
  policy    = data.aws_iam_policy_document.from_topic.json
}

resource "aws_sns_topic_subscription" "events" {
  topic_arn            = var.events_topic_arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.events.arn
  raw_message_delivery = true
  filter_policy        = jsonencode({ type = ["order.paid.v1"] })
}

# What is done

resource "aws_sqs_queue" "warehouse" {
  name                      = "${var.name}-warehouse"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
}

resource "aws_sns_topic" "staff" {
  name              = "${var.name}-staff"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_cloudwatch_log_group" "start" {
  name              = "/aws/lambda/${var.name}-start"
  retention_in_days = 30
}

resource "aws_lambda_function" "start" {
  function_name                  = "${var.name}-start"
  role                           = module.rights.arns["lambda"]
  runtime                        = "python3.13"
  architectures                  = ["arm64"]
  handler                        = "start.handler"
  filename                       = var.package
  timeout                        = local.timeout
  reserved_concurrent_executions = 10
  environment { variables = { STATE_MACHINE_ARN = aws_sfn_state_machine.this.arn } }
  depends_on = [aws_cloudwatch_log_group.start]
}

resource "aws_lambda_event_source_mapping" "events" {
  event_source_arn        = aws_sqs_queue.events.arn
  function_name           = aws_lambda_function.start.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
}

resource "aws_sfn_state_machine" "this" {
  name     = var.name
  role_arn = module.rights.arns["states"]
  definition = templatefile("${path.module}/fulfilment.asl.json", {
    warehouse_queue_url = aws_sqs_queue.warehouse.url
    staff_topic_arn     = aws_sns_topic.staff.arn
  })
}

# Who may do it

module "rights" {
  source = "../../modules/rights"
  name   = var.name
  trust  = { for service in ["lambda", "states"] : service => jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${service}.amazonaws.com" } }] }) }
  rights = {
    lambda = {
      events = { actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], resources = [aws_sqs_queue.events.arn] }
      start  = { actions = ["states:StartExecution"], resources = [aws_sfn_state_machine.this.arn] }
      log    = { actions = ["logs:CreateLogStream", "logs:PutLogEvents"], resources = ["${aws_cloudwatch_log_group.start.arn}:*"] }
    }
    states = {
      ask  = { actions = ["sqs:SendMessage"], resources = [aws_sqs_queue.warehouse.arn] }
      tell = { actions = ["sns:Publish"], resources = [aws_sns_topic.staff.arn] }
    }
  }
}

# Alarms on what a shopper would notice soon. Each says what it means; what to do is in docs/runbooks.
variable "name" { type = string }
variable "region" { type = string }
variable "alarms_arn" { type = string }
variable "queues" { type = list(string) }
variable "dead_letters" { type = list(string) }
variable "database_id" { type = string }
variable "connections" { type = number }
variable "cache_members" { type = map(list(string)) }

locals {
  database = { DBInstanceIdentifier = var.database_id }
  alarms = merge(
    { for queue in var.dead_letters : "${queue}-not-empty" => {
      about     = "A message was set aside without ever reaching a handler: look at it before the queue forgets it."
      namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = queue }
      statistic = "Maximum", above = 0, minutes = 5
    } },
    # What relays tell in embedded metrics, where those are switched on; without them nothing is missing.
    { for queue in var.queues : "${queue}-unsent" => {
      about     = "Rows of the outbox wait for a relay: docs/runbooks/OutboxLag.md."
      namespace = "Shop", metric = "shop_outbox_lag_seconds", dimensions = { role = "relay", queue = trimprefix(queue, "${var.name}-") }
      statistic = "Maximum", above = 120, minutes = 5
    } },
    { for queue in var.queues : "${queue}-given-up" => {
      about     = "A message failed ten times and waits for a person: docs/runbooks/DeadLetters.md."
      namespace = "Shop", metric = "shop_dead_letters", dimensions = { role = "relay", queue = trimprefix(queue, "${var.name}-") }
      statistic = "Maximum", above = 0, minutes = 5
    } },
    { for queue in var.queues : "${queue}-old" => {
      about     = "Work waits for more than ten minutes: are workers running, and enough?"
      namespace = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", dimensions = { QueueName = queue }
      statistic = "Maximum", above = 600, minutes = 5
    } },
    {
      database-busy = {
        about     = "PostgreSQL's processors are nearly full."
        namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = local.database
        statistic = "Average", above = 85, minutes = 10
      }
      database-connections = {
        about     = "Four of five connections are taken: k8s/budget.py says who may take them."
        namespace = "AWS/RDS", metric = "DatabaseConnections", dimensions = local.database
        statistic = "Maximum", above = var.connections * 0.8, minutes = 5
      }
    },
    { for name in flatten(values(var.cache_members)) : "${name}-full" => {
      about     = "Redis has nearly no memory left: pages go first, sessions are then read from the database."
      namespace = "AWS/ElastiCache", metric = "DatabaseMemoryUsagePercentage", dimensions = { CacheClusterId = name }
      statistic = "Maximum", above = 90, minutes = 10
    } },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.about
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 60
  evaluation_periods  = each.value.minutes
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarms_arn]
  ok_actions          = [var.alarms_arn]
}

# Below rather than above: the one that fills up.
resource "aws_cloudwatch_metric_alarm" "storage" {
  alarm_name          = "${var.name}-database-disk"
  alarm_description   = "Less than 5 GiB of PostgreSQL's disk are free."
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  dimensions          = local.database
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 5 * 1024 * 1024 * 1024
  period              = 300
  evaluation_periods  = 2
  alarm_actions       = [var.alarms_arn]
}

resource "aws_cloudwatch_log_group" "pods" {
  name              = "/${var.name}/pods"
  retention_in_days = 30
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [
      { type = "metric", x = 0, y = 0, width = 12, height = 6, properties = {
        title   = "How old the oldest waiting message is (s)", region = var.region, view = "timeSeries", stat = "Maximum"
        metrics = [for queue in var.queues : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue]]
      } },
      { type = "metric", x = 12, y = 0, width = 12, height = 6, properties = {
        title   = "Set aside", region = var.region, view = "timeSeries", stat = "Maximum"
        metrics = [for queue in var.dead_letters : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]]
      } },
      { type = "metric", x = 0, y = 6, width = 12, height = 6, properties = {
        title   = "PostgreSQL", region = var.region, view = "timeSeries", stat = "Average"
        metrics = [["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", var.database_id], [".", "DatabaseConnections", ".", ".", { yAxis = "right" }]]
      } },
      { type = "metric", x = 12, y = 6, width = 12, height = 6, properties = {
        title   = "Redis: memory in use (%)", region = var.region, view = "timeSeries", stat = "Maximum"
        metrics = [for name in flatten(values(var.cache_members)) : ["AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "CacheClusterId", name]]
      } },
    ]
  })
}

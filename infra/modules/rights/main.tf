# Roles of one key each: who may take it (`trust`, a policy as JSON), and what it may then do (`rights`), by the name of each right.
variable "name" { type = string }
variable "trust" { type = map(string) }
variable "rights" { type = map(map(object({ actions = list(string), resources = list(string) }))) }

data "aws_iam_policy_document" "this" {
  for_each = var.rights
  dynamic "statement" {
    for_each = each.value
    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}

# Of `trust` alone, so that what somebody may do can name things that need the role to be there.
resource "aws_iam_role" "this" {
  for_each           = var.trust
  name               = "${var.name}-${each.key}"
  assume_role_policy = each.value
}

resource "aws_iam_role_policy" "this" {
  for_each = var.rights
  name     = "least"
  role     = aws_iam_role.this[each.key].id
  policy   = data.aws_iam_policy_document.this[each.key].json
}

output "ids" { value = { for key, role in aws_iam_role.this : key => role.id } }
output "arns" { value = { for key, role in aws_iam_role.this : key => role.arn } }
output "policies" { value = { for key, policy in data.aws_iam_policy_document.this : key => policy.json } }

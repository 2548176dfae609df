"""Doors of the pages that stand under a plan."""

from portal.plan.views import plan_desk
from portal.web.doors import FORM, READ

from . import rules

reading = plan_desk(*READ, rule=rules.may_read_desk, writing=rules.may_write)
form_for_readers = plan_desk(*FORM, rule=rules.may_read_desk, writing=rules.may_write)
writing = plan_desk(*FORM, rule=rules.may_write, writing=rules.may_write)
# Ordering a paper writes nothing of the plan: whoever reads may.
ordering = plan_desk(*FORM, rule=rules.may_read_desk, writing=rules.may_read_desk)
deed = plan_desk("POST", rule=rules.may_write, writing=rules.may_write)

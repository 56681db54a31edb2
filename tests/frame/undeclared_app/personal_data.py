from privacy.declarations import NoPersonalData
from privacy.registry import register
from tests.frame.undeclared_app.models import Badge

register(NoPersonalData(model=Badge, columns={"number"}, because="A number; whoever wrote this forgot the name."))

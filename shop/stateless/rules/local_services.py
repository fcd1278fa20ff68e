"""What every rule says about a service: pods do not share what is at an address of this machine."""

from shop.stateless.places import THIS_MACHINE, is_local_service, without_password
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row

ONE_MACHINE = "Nothing while every process runs on this machine; pods on other machines cannot reach it."


def service(
    project: Project, question: Question, number: int, address: object, *, place: str, lost: str, remedy: str
) -> Row:
    """Return shared for a service elsewhere, broken for one on loopback or a Unix socket.

    Where nobody is served from elsewhere (ALLOWED_HOSTS names this machine only) that is not wrong yet: unknown.
    """
    where = without_password(address)
    if not is_local_service(address):
        return question.shared(number, where, place)
    if project.serves_this_machine_only:
        return question.unknown(number, where, THIS_MACHINE, ONE_MACHINE, remedy)
    return question.broken(number, where, THIS_MACHINE, lost, remedy)

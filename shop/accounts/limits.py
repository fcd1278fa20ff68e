"""How often one may try, whatever the way in: store and API count together."""

from shop.platform.throttle import Limit

SIGN_IN = Limit("sign-in", times=10, seconds=300)  # passwords for one e-mail; the right one begins anew
SIGN_IN_NETWORK = Limit("sign-in-network", times=300, seconds=300)  # an office or phone network is behind one address
REGISTER = Limit("register", times=5, seconds=3600)  # for one e-mail; each may send a mail there
MAIL = Limit("account-mail", times=5, seconds=3600)  # to one e-mail, whatever for: nobody floods a stranger's mailbox
MAIL_NETWORK = Limit("account-mail-network", times=300, seconds=3600)  # nor writes to any number of strangers


def mailbox(email: str) -> str:
    """Return what an e-mail is counted by: one text for all spellings by which PostgreSQL finds one account.

    It compares capitals, and I and S are also those of the dotless i and the long s, which lower() leaves as they are.
    """
    return email.upper().lower()

"""What the clock does in merchant administration."""

from datetime import timedelta

from backoffice.kernel.periodic import periodic
from mas.operations.documents import expire_documents, warn_of_expiring_documents
from mas.operations.invitations import expire_invitations
from mas.operations.terms import suspend_for_overdue_terms

periodic("mas.expire_invitations", every=timedelta(minutes=15))(expire_invitations)
periodic("mas.expire_documents", every=timedelta(hours=1))(expire_documents)
periodic("mas.warn_of_expiring_documents", every=timedelta(hours=6))(warn_of_expiring_documents)
periodic("mas.suspend_for_overdue_terms", every=timedelta(hours=1))(suspend_for_overdue_terms)

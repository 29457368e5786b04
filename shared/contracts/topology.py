"""Who hears what. Every process declares all of it before its first publish (architecture 4).

A command is heard by the service that owns it. Events are heard by the services listed here; a test holds the
list against the handlers that each service declares.
"""

from __future__ import annotations

from shared.contracts import conversation, credex, gateway, notifier, payments, reporting
from shared.contracts.base import REGISTRY, Command, Event, Message

EVENTS_HEARD: dict[str, tuple[type[Event], ...]] = {
    "gateway": (conversation.ErasureRequested,),
    "conversation": (
        gateway.MessageReceived,
        gateway.CoreNoticeReceived,
        gateway.WebhooksMissing,
        gateway.HealthShown,
        payments.PaymentRefused,
        payments.PaymentInitiated,
        payments.PaymentUncertain,
        payments.PaymentSettled,
        payments.PaymentCancelled,
        payments.PaymentFailed,
        payments.PaymentExpired,
        payments.PaymentDisputed,
        payments.PaymentRefunded,
        payments.PaymentNeedsReview,
        payments.PaymentChecked,
        payments.PaymentApproved,
        payments.PaymentRejected,
        payments.ApprovalRefused,
        payments.OneTimeCodeRefused,
        payments.ReceiptIssued,
        payments.ReceiptDocumentMade,
        payments.ReceiptVerified,
        payments.CorrectionRefused,
        credex.AccountFound,
        credex.AccountOpened,
        credex.AuthorisedListed,
        credex.BalancesShown,
        credex.CredexDelayed,
        credex.CredexJoined,
        credex.CredexQueued,
        credex.CredexRefused,
        credex.CredexShown,
        credex.CredexUnavailable,
        credex.DashboardShown,
        credex.KeptTold,
        credex.LedgerShown,
        credex.MemberAuthorised,
        credex.MemberFound,
        credex.MemberRemoved,
        credex.NotAMember,
        credex.NoticesDirected,
        credex.OfferAccepted,
        credex.OfferCancelled,
        credex.OfferDeclined,
        credex.OfferGone,
        credex.OfferMade,
        credex.OfferNoticed,
        credex.OffersAccepted,
        credex.OutcomeUncertain,
        credex.OutcomeUnderReview,
        credex.TierUpgraded,
        reporting.StatisticsReady,
        reporting.ReportProgress,
        reporting.ReportReady,
        reporting.ReportFailed,
        reporting.PaymentShown,
        reporting.ReviewShown,
        reporting.RefundsShown,
        reporting.AuditShown,
        reporting.VolunteersListed,
        conversation.PurposeDecided,
        conversation.ErasureRequested,
        gateway.PersonErased,
        payments.PersonErased,
        notifier.PersonErased,
        credex.PersonErased,
        reporting.PersonErased,
    ),
    "payments": (gateway.PaymentStatusReceived, payments.PaymentSettled, conversation.ErasureRequested),
    "credex": (gateway.MemberMet, gateway.IdentityChanged, conversation.ErasureRequested),
    "notifier": (
        gateway.DeliveryStatusChanged,
        gateway.IdentityChanged,
        gateway.MarketingPreferenceChanged,
        gateway.AccountNoticed,
        conversation.ErasureRequested,
    ),
    "reporting": (
        payments.PaymentInitiated,
        payments.PaymentUncertain,
        payments.PaymentSettled,
        payments.PaymentCancelled,
        payments.PaymentFailed,
        payments.PaymentExpired,
        payments.PaymentRejected,
        payments.PaymentDisputed,
        payments.PaymentRefunded,
        payments.CallbackUnmatched,
        payments.PaymentNeedsReview,
        payments.ReceiptIssued,
        credex.CredexMoved,
        notifier.MessageFailed,
        conversation.FinanceHeard,
        conversation.StaffCommandUsed,
        conversation.RegistrationCompleted,
        conversation.ErasureRequested,
    ),
}


def heard_by(service: str) -> list[type[Message]]:
    """Every message that comes to a service: its own commands and the events it listens to."""
    commands = [
        message
        for (name, _), message in sorted(REGISTRY.items())
        if issubclass(message, Command) and name.split(".")[0] == service
    ]
    return [*commands, *EVENTS_HEARD[service]]

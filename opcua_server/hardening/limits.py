"""How much the server takes from a client.

"Assumed" where nothing outside sets a figure: far above what a plant client asks for.
"""

from __future__ import annotations

LEAST_BUFFER = 8192  # bytes; OPC 10000-6, 7.1.2.3: both sides hold at least this
CHUNK = 65_535  # bytes
MESSAGE = 4 * 1024 * 1024  # bytes; assumed
URL = 4096  # bytes; OPC 10000-6, 7.1.2.3
EMPTY_ELEMENTS = 1000  # array elements a message may hold that take no bytes; assumed
RESHAPED = 100_000  # elements a matrix may announce; assumed
CONNECTIONS, SESSIONS = 200, 100  # assumed
HANDSHAKE_S = 15.0  # from connecting to an activated session; assumed
BACKLOG = 64  # requests read ahead before reading pauses; assumed
BACKLOG_BYTES = 512 * 1024  # bytes of them; assumed
EARLY_MESSAGE = 128 * 1024  # bytes of a message before a login: certificates with chains; assumed
UNFINISHED_S = 30.0  # between the first chunk of a message and its last; assumed
INCOMPLETE = 64 * 1024 * 1024  # bytes of unfinished messages, all connections; assumed
MOST_READ_AHEAD = 20_000  # above what one read of the event loop (256 KiB) can hold
STUCK_READER_S = 30.0  # a client that takes no answers for so long is dropped; assumed
SUBSCRIPTIONS_PER_SESSION = 50  # assumed
ITEMS_PER_SESSION = 110_000  # monitored items; assumed, above one item on each of 100,000 tags
NOTIFICATIONS = 50_000  # in a message, 1.7 MB of numbers; more go into the next; assumed
RETRANSMISSION_BYTES = 8 * 1024 * 1024  # of numbers kept for Republish, a subscription; assumed
QUEUE = 100  # values a monitored item holds; assumed
LEAST_PUBLISHING_MS, MOST_PUBLISHING_MS = 20.0, 60_000.0  # assumed
OPERATIONS = 10_000  # a request; assumed
WHERE_ELEMENTS = 100  # of an event filter; assumed
SELECTED = 1000  # fields an event filter selects; assumed
REFERENCES = 10_000  # of a node in one answer to Browse; more by BrowseNext; assumed
BROWSE_POINTS = 1000  # continuation points of Browse a session; assumed
REFERENCES_WAITING = 200_000  # references they hold, a session; assumed
CONNECTIONS_PER_ADDRESS = 150  # so that one machine cannot take all; assumed
REQUESTS_PER_S, REQUEST_BURST = 2000.0, 4000.0  # a connection; assumed
ADDRESS_REQUESTS_PER_S, ADDRESS_BURST = 5000.0, 10_000.0  # an address, all its connections; assumed
OPENING_COST = 50.0  # requests that opening a secured channel counts as: two uses of the RSA key
PLAIN_OPENING = 512  # bytes; a request to open a channel with a certificate is longer
ADDRESSES = 1000  # whose rates are remembered; assumed
LOCK_AFTER, LOCK_S = 5, 60.0  # wrong logins of a name from an address, then it is locked; assumed
LOGIN_DELAY_S, MOST_LOGIN_DELAY_S = 0.25, 8.0  # after LOCK_AFTER failures, doubled; assumed
LOGINS_REMEMBERED = 1000  # names and addresses each; assumed
NAME = 100  # characters of a user name that are looked at; assumed
# what ServerCapabilities tells clients of these (OPC 10000-5, 6.3.2)
PUBLISHED = {
    "MaxBrowseContinuationPoints": BROWSE_POINTS,
    "MaxQueryContinuationPoints": 0,  # there is no Query
    "MaxHistoryContinuationPoints": 0,  # no limit: a point holds all that is needed to go on
    "MaxMonitoredItems": SESSIONS * ITEMS_PER_SESSION,
    "MaxWhereClauseParameters": WHERE_ELEMENTS,
    "MaxSelectClauseParameters": SELECTED,
    "MaxSessions": SESSIONS,
    "MaxSubscriptions": SESSIONS * SUBSCRIPTIONS_PER_SESSION,
    "MaxSubscriptionsPerSession": SUBSCRIPTIONS_PER_SESSION,
    "MaxMonitoredItemsPerSubscription": ITEMS_PER_SESSION,
    "MaxMonitoredItemsQueueSize": QUEUE,
    "MaxStringLength": MESSAGE,
    "MaxByteStringLength": MESSAGE,
} | {
    f"OperationLimits_{name}": OPERATIONS
    for name in (
        "MaxNodesPerRead",
        "MaxNodesPerWrite",
        "MaxNodesPerMethodCall",
        "MaxNodesPerBrowse",
        "MaxNodesPerRegisterNodes",
        "MaxNodesPerTranslateBrowsePathsToNodeIds",
        "MaxMonitoredItemsPerCall",
    )
}

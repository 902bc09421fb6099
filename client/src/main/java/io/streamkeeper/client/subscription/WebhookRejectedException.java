package io.streamkeeper.client.subscription;

import org.jspecify.annotations.Nullable;

/** A request that came to a receiver of webhooks is not one of the server, or cannot be verified now. */
public final class WebhookRejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why a request is rejected. */
    public enum Reason {
        /** It has no signature. */
        SIGNATURE_MISSING(401),
        /** The signature has another form, or is not one of the body. */
        SIGNATURE_INVALID(401),
        /** It was signed too long ago, or in the future: it may be a repetition, or a clock is wrong. */
        TIME_NOT_IN_WINDOW(401),
        /** The server does not have the key that the signature names. */
        KEY_UNKNOWN(401),
        /** The keys of the server cannot be read now. */
        KEYS_UNAVAILABLE(503),
        /** The body is not that of a wake, or is too long. */
        BODY_INVALID(400);

        private final int status;

        Reason(int status) {
            this.status = status;
        }
    }

    /** Why it is rejected. */
    private final Reason reason;

    /**
     * A rejection.
     *
     * @param reason why
     * @param message one sentence for a person, which names the value and what was expected; not for the sender
     * @param cause why it cannot be verified; null if it can
     */
    public WebhookRejectedException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** {@return why it is rejected} */
    public Reason reason() {
        return reason;
    }

    /** {@return the HTTP status with which to answer it} */
    public int status() {
        return reason.status;
    }
}

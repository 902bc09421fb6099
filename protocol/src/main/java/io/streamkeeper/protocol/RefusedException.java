package io.streamkeeper.protocol;

/**
 * Carries a {@link Refusal} out of the parsing of one value; it is caught where a request is parsed and becomes the
 * answer there. It has no stack trace, because a client's mistake is not a fault of the server.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    public RefusedException(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    public RefusedException(ErrorCode code, String message) {
        this(Refusal.of(code, message));
    }

    public Refusal refusal() {
        return refusal;
    }
}

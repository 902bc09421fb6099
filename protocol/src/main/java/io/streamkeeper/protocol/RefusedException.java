package io.streamkeeper.protocol;

/**
 * Carries a {@link Refusal} out of the parsing of one value; it is caught where a request is parsed and becomes the
 * answer there. It has no stack trace, because a client's mistake is not a fault of the server.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    /**
     * Wraps a refusal.
     *
     * @param refusal what is to be answered
     */
    public RefusedException(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    /**
     * Wraps a refusal that tells nothing but its reason.
     *
     * @param code what kind of refusal
     * @param message one sentence for a person; it names the value and what was expected
     */
    public RefusedException(ErrorCode code, String message) {
        this(Refusal.of(code, message));
    }

    /** {@return what is to be answered} */
    public Refusal refusal() {
        return refusal;
    }
}

package io.streamkeeper.protocol;

/**
 * Carries a {@link Refusal} from the parsing of a value to the parsing of its request, which answers it. It has no
 * stack trace, because an error of the client is not a fault of the server.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    /**
     * Wraps a refusal.
     *
     * @param refusal the response
     */
    public RefusedException(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    /**
     * Wraps a refusal with a code and a message only.
     *
     * @param code what kind of refusal
     * @param message one sentence for a person; it names the value and what was expected
     */
    public RefusedException(ErrorCode code, String message) {
        this(Refusal.of(code, message));
    }

    /** {@return the refusal} */
    public Refusal refusal() {
        return refusal;
    }
}

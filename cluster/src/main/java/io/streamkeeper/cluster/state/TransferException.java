package io.streamkeeper.cluster.state;

import java.io.IOException;

/** A member does not give what was asked for. */
final class TransferException extends IOException {
    private static final long serialVersionUID = 1L;

    private final StateAnswer.Kind kind;

    TransferException(StateAnswer.Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    StateAnswer.Kind kind() {
        return kind;
    }
}

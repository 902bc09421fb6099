package io.streamkeeper.server.http.route;

import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.security.Principal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the answers of a handler, of which none may be a refusal. */
public final class AnswerList implements Answering {
    private final List<Answer> answers = new ArrayList<>();

    /** The answers. */
    public List<Answer> answers() {
        return answers;
    }

    @Override
    public void accept(Answer answer) {
        answers.add(answer);
    }

    @Override
    public void refuse(Refusal refusal) {
        throw new AssertionError("refused: " + refusal);
    }

    @Override
    public @Nullable Principal principal() {
        return null;
    }
}

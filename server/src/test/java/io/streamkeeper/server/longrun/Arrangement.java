package io.streamkeeper.server.longrun;

import io.streamkeeper.server.longrun.ModelStream.Kind;
import io.streamkeeper.server.longrun.ModelStream.Unanswered;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of the appends that were not answered a stream has, and in which order: each once at most, and after all that were
 * answered. Members of a cluster may have executed them in any order, as each can come there by another way.
 */
final class Arrangement {
    private final ModelStream stream;
    private final String found;
    private final Set<Unanswered> required;
    private final boolean isInOrder;
    private final List<Unanswered> chosen = new ArrayList<>();

    /**
     * Arranges appends after the content of the model.
     *
     * @param found the content that was read
     * @param required those that it must have
     * @param isInOrder whether only the first ones can be there, in the order in which they were sent
     */
    Arrangement(ModelStream stream, String found, Set<Unanswered> required, boolean isInOrder) {
        this.stream = stream;
        this.found = found;
        this.required = required;
        this.isInOrder = isInOrder;
    }

    /** The appends that are there, in their order; null if no choice of them fits what was found. */
    @Nullable
    List<Unanswered> of(List<Unanswered> appends) {
        // Of what retention trims, only the end is compared.
        int from = stream.trimmed ? Math.max(0, stream.content.length() - found.length()) : 0;
        return fits(stream.content.substring(from), appends) ? chosen : null;
    }

    private boolean fits(String content, List<Unanswered> open) {
        if (isThere(content) && chosen.containsAll(required)) {
            return true;
        }
        int choices = isInOrder ? Math.min(1, open.size()) : open.size();
        for (int i = 0; i < choices; i++) {
            Unanswered next = open.get(i);
            String longer = content + next.text();
            if (mayBegin(longer)) {
                List<Unanswered> others = new ArrayList<>(open);
                others.remove(i);
                chosen.add(next);
                if (fits(longer, others)) {
                    return true;
                }
                chosen.remove(chosen.size() - 1);
            }
        }
        return false;
    }

    private boolean isThere(String content) {
        return stream.trimmed ? content.endsWith(found) : content.equals(found);
    }

    private boolean mayBegin(String content) {
        return stream.trimmed || found.startsWith(content);
    }

    @Override
    public String toString() {
        String kind = stream.kind == Kind.JSON ? "messages" : "bytes";
        return found.length() + " " + kind + ", ending with " + found.substring(Math.max(0, found.length() - 300));
    }
}

package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one shard holds, as far as clients know: the list of its records, each of which brings one stream to another
 * version. After a crash some first part of them is there: one that has each record that was acknowledged, and each
 * whose effect a reader saw. What was refused for want of room is no record any more, and must never come back;
 * deletions among it are decided again, once, without the rest. What a log has lost is no record any more either: its
 * client only knows that its fate is not known, but a scripted log loses what no machine has.
 */
final class ShardModel {
    /**
     * A record.
     *
     * @param condition of a deletion that is decided again where it is refused with others: what it needs; else null
     * @param undone of the creation of a fork, which is refused when its source knows it: whether it was refused; else
     *     always false
     */
    private record Entry(
            String path,
            Version after,
            Replied answer,
            @Nullable Predicate<Version> condition,
            BooleanSupplier undone) {}

    private final Map<String, Version> base = new HashMap<>();
    private final List<Entry> log = new ArrayList<>();
    private final Map<String, Version> staged = new HashMap<>();
    private int certain;
    private int deletedAgain;

    /** The version of a path that the next command meets, a deleted one included, or null. */
    @Nullable
    Version staged(String path) {
        return staged.get(path);
    }

    Collection<Version> stagedAll() {
        return staged.values();
    }

    /** A record was staged; its fate is known with its answer. */
    void add(Version after, Replied answer) {
        String path = after.of().path;
        log.add(new Entry(path, after, answer, null, () -> false));
        staged.put(path, after);
    }

    /** The creation of a fork was staged; perhaps it is refused before that is answered. */
    void addFork(Version after, Replied answer, BooleanSupplier undone) {
        String path = after.of().path;
        log.add(new Entry(path, after, answer, null, undone));
        staged.put(path, after);
    }

    /** A deletion was staged that needs {@code condition} where it is decided again. */
    void addDeletion(Version after, Replied answer, Predicate<Version> condition) {
        String path = after.of().path;
        log.add(new Entry(path, after, answer, condition, () -> false));
        staged.put(path, after);
    }

    /** Takes notice of the answers that have come. */
    void note() {
        int refused = certain;
        while (refused < log.size() && !isRefused(log.get(refused))) {
            refused++;
        }
        if (refused < log.size()) {
            List<Entry> undone = List.copyOf(log.subList(refused, log.size()));
            cut(refused);
            undone.forEach(entry -> {
                if (decideAgain(entry)) {
                    deletedAgain++;
                }
            });
        }
        for (int i = log.size() - 1; i >= certain; i--) {
            Replied answer = log.get(i).answer();
            if (answer.isThere() && !answer.isRefused()) {
                certain = i + 1;
                if (Boolean.getBoolean("sim.trace"))
                    System.out.println(
                            "   certain " + certain + " by answer " + log.get(i).after());
                break;
            }
        }
        for (int i = certain; i < log.size(); i++) {
            assertThat(isRefused(log.get(i)))
                    .as("a refused record is before one that was kept")
                    .isFalse();
        }
    }

    /** How many deletions were decided again after a refusal, since this was asked last. */
    int takeDeletedAgain() {
        int taken = deletedAgain;
        deletedAgain = 0;
        return taken;
    }

    private boolean decideAgain(Entry entry) {
        if (isRefused(entry)) {
            return false;
        }
        assertThat(entry.condition())
                .as("%s was staged after what was refused, and is not", entry.after())
                .isNotNull();
        Version now = staged(entry.path());
        if (now != null
                && now.of() == entry.after().of()
                && !now.deleted()
                && entry.condition().test(now)) {
            add(now.withoutReaders(), entry.answer());
            return true;
        }
        return false;
    }

    /**
     * Whether a record was undone; one that fails when it is decided again is answered as a command that fails at once.
     */
    private static boolean isRefused(Entry entry) {
        if (!entry.answer().isThere()) {
            return entry.undone().getAsBoolean();
        }
        return switch (entry.answer().word()) {
            case "storage_full", "overloaded", "outcome_unknown", "internal_error" -> true;
            default -> false;
        };
    }

    private void cut(int count) {
        log.subList(count, log.size()).clear();
        certain = Math.min(certain, count);
        staged.clear();
        staged.putAll(base);
        log.forEach(entry -> staged.put(entry.path(), entry.after()));
    }

    boolean isSettled() {
        return certain == log.size();
    }

    int inDoubt() {
        return log.size() - certain;
    }

    /** The version of a path after the first {@code count} records. */
    private @Nullable Version at(String path, int count) {
        for (int i = count - 1; i >= 0; i--) {
            if (log.get(i).path().equals(path)) {
                return log.get(i).after();
            }
        }
        return base.get(path);
    }

    /**
     * Every version of a path that a reader may see now; {@code seen} picks those that it did see. Fails if there are
     * none.
     */
    void saw(String path, Predicate<@Nullable Version> seen, String what) {
        for (int count = certain; count <= log.size(); count++) {
            boolean changes = count == certain || log.get(count - 1).path().equals(path);
            if (changes && seen.test(at(path, count))) {
                if (certain != count && Boolean.getBoolean("sim.trace"))
                    System.out.println("   certain " + count + " by saw " + path + " " + what);
                certain = count;
                return;
            }
        }
        throw new AssertionError("a reader of " + path + " saw " + what + ", expected of " + at(path, certain) + " and "
                + inDoubt() + " records in doubt up to " + staged(path));
    }

    /** The answer to the first record of a path that is in doubt and satisfies the condition, or null. */
    @Nullable
    Replied inDoubt(String path, Predicate<Version> condition) {
        for (Entry entry : log.subList(certain, log.size())) {
            if (entry.path().equals(path) && condition.test(entry.after())) {
                return entry.answer();
            }
        }
        return null;
    }

    /** Whether some version that readers may see satisfies the condition. */
    boolean maySee(String path, Predicate<@Nullable Version> condition) {
        for (int count = certain; count <= log.size(); count++) {
            if (condition.test(at(path, count))) {
                return true;
            }
        }
        return false;
    }

    boolean mustSee(String path, Predicate<@Nullable Version> condition) {
        return !maySee(path, condition.negate());
    }

    /**
     * The longest first part of the records that fits what a start has found; it is what counts from now on, if
     * {@code counts}. Fails if none fits.
     */
    void found(
            Collection<String> paths,
            BiPredicate<String, @Nullable Version> fits,
            boolean keepsCertain,
            boolean counts,
            boolean durable,
            Function<String, String> describe) {
        int least = keepsCertain ? certain : 0;
        for (int count = log.size(); count >= least; count--) {
            if (fitsAll(paths, fits, count)) {
                if (counts) {
                    settle(count, durable);
                }
                return;
            }
        }
        StringBuilder text = new StringBuilder("what was found is no first part of the " + log.size()
                + " records, of which " + certain + " are certain:");
        for (String path : paths) {
            boolean any = false;
            for (int count = least; count <= log.size() && !any; count++) {
                any = fits.test(path, at(path, count));
            }
            text.append("\n  ")
                    .append(path)
                    .append(any ? " fits some" : " fits none")
                    .append(": found ");
            text.append(describe.apply(path)).append(", certain ").append(at(path, certain));
            text.append(", staged ").append(staged(path));
        }
        throw new AssertionError(text.toString());
    }

    private boolean fitsAll(Collection<String> paths, BiPredicate<String, @Nullable Version> fits, int count) {
        for (String path : paths) {
            if (!fits.test(path, at(path, count))) {
                return false;
            }
        }
        return true;
    }

    /** The first {@code count} records are what there is; if all of that is durable, they need not be kept. */
    private void settle(int count, boolean durable) {
        cut(count);
        certain = count;
        if (durable) {
            log.clear();
            certain = 0;
            base.clear();
            base.putAll(staged);
        }
    }
}

package io.streamkeeper.storage.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** a wrote 0 to 10, its fork b 10 to 25, b's fork c 25 to 40. */
@Timeout(120)
class LineageTest {
    private static final Lineage A = new Lineage(new StreamPath("a"), 1, 0, 10, null);
    private static final Lineage B = new Lineage(new StreamPath("b"), 2, 10, 25, A);
    private static final Lineage C = new Lineage(new StreamPath("c"), 3, 25, 40, B);

    @Test
    void aByteBelongsToTheRunThatWroteIt() {
        assertThat(C.at(0)).isSameAs(A);
        assertThat(C.at(9)).isSameAs(A);
        assertThat(C.at(10)).isSameAs(B);
        assertThat(C.at(24)).isSameAs(B);
        assertThat(C.at(25)).isSameAs(C);
    }

    @Test
    void anOffsetBelongsToTheRunThatWroteTheByteBeforeIt() {
        assertThat(C.before(0)).isSameAs(A);
        assertThat(C.before(10)).isSameAs(A);
        assertThat(C.before(11)).isSameAs(B);
        assertThat(C.before(25)).isSameAs(B);
        assertThat(C.before(26)).isSameAs(C);
    }

    @Test
    void whatIsCutEndsWhereItWasCut() {
        assertThat(C.upTo(40)).isSameAs(C);
        assertThat(C.upTo(50)).isSameAs(C);
        assertCut(C.upTo(30), C, 30);
        assertThat(C.upTo(25)).isSameAs(B);
        assertCut(C.upTo(12), B, 12);
        assertThat(C.upTo(10)).isSameAs(A);
        assertCut(C.upTo(0), A, 0);
    }

    private static void assertCut(Lineage cut, Lineage whole, long end) {
        assertThat(cut.generation()).isEqualTo(whole.generation());
        assertThat(cut.path()).isEqualTo(whole.path());
        assertThat(cut.start()).isEqualTo(whole.start());
        assertThat(cut.end()).isEqualTo(end);
        assertThat(cut.parent()).isSameAs(whole.parent());
    }

    @Test
    void anAncestorIsFoundByItsGeneration() {
        assertThat(C.of(1)).isSameAs(A);
        assertThat(C.of(3)).isSameAs(C);
        assertThat(C.of(4)).isNull();
        assertThat(C.of(0)).isNull();
    }

    @Test
    void everyRunOfADeepLineageIsFoundAsAWalkFindsIt() {
        Seeds.forEach(20, random -> {
            Lineage last = new Lineage(new StreamPath("s0"), 10, 0, random.nextInt(3), null);
            int runs = 1 + random.nextInt(600);
            for (int i = 1; i < runs; i++) {
                long generation = last.generation() + 1 + random.nextInt(3);
                last = new Lineage(
                        new StreamPath("s" + i), generation, last.end(), last.end() + random.nextInt(4), last);
            }
            for (long position = 0; position <= last.end(); position++) {
                assertThat(last.at(position)).isSameAs(walkTo(last, position));
                assertThat(last.before(position)).isSameAs(walkTo(last, position - 1));
            }
            for (Lineage run = last; run != null; run = run.parent()) {
                assertThat(last.of(run.generation())).isSameAs(run);
            }
        });
    }

    private static Lineage walkTo(Lineage last, long position) {
        Lineage run = last;
        while (run.start() > position && run.parent() != null) {
            run = run.parent();
        }
        return run;
    }

    @Test
    void aMillionRunsNeedNeitherStackNorTime() {
        Lineage last = new Lineage(new StreamPath("s"), 1, 0, 1, null);
        for (int i = 1; i < 1_000_000; i++) {
            last = new Lineage(new StreamPath("s"), i + 1, i, i + 1, last);
        }
        for (int i = 0; i < 1_000_000; i++) {
            if (last.at(i).start() != i) {
                throw new AssertionError("position " + i + " is in " + last.at(i));
            }
        }
        assertThat(last.upTo(1).start()).isZero();
        assertThat(last.toString()).isEqualTo("s from 999999 to 1000000");
    }
}

package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.StreamPath;
import org.junit.jupiter.api.Test;

/** a wrote 0 to 10, its fork b 10 to 25, b's fork c 25 to 40. */
class LineageTest {
    private static final Lineage A = new Lineage(new StreamPath("a"), 1, 0, 10, null);
    private static final Lineage B = new Lineage(new StreamPath("b"), 2, 10, 25, A);
    private static final Lineage C = new Lineage(new StreamPath("c"), 3, 25, 40, B);

    @Test
    void aByteBelongsToTheRunThatWroteIt() {
        assertThat(C.at(0)).isEqualTo(A);
        assertThat(C.at(9)).isEqualTo(A);
        assertThat(C.at(10)).isEqualTo(B);
        assertThat(C.at(24)).isEqualTo(B);
        assertThat(C.at(25)).isEqualTo(C);
    }

    @Test
    void anOffsetBelongsToTheRunThatWroteTheByteBeforeIt() {
        assertThat(C.before(0)).isEqualTo(A);
        assertThat(C.before(10)).isEqualTo(A);
        assertThat(C.before(11)).isEqualTo(B);
        assertThat(C.before(25)).isEqualTo(B);
        assertThat(C.before(26)).isEqualTo(C);
    }

    @Test
    void whatIsCutEndsWhereItWasCut() {
        assertThat(C.upTo(40)).isEqualTo(C);
        assertThat(C.upTo(50)).isEqualTo(C);
        assertThat(C.upTo(30)).isEqualTo(new Lineage(C.path(), 3, 25, 30, B));
        assertThat(C.upTo(25)).isEqualTo(B);
        assertThat(C.upTo(12)).isEqualTo(new Lineage(B.path(), 2, 10, 12, A));
        assertThat(C.upTo(10)).isEqualTo(A);
        assertThat(C.upTo(0)).isEqualTo(new Lineage(A.path(), 1, 0, 0, null));
    }

    @Test
    void anAncestorIsFoundByItsGeneration() {
        assertThat(C.of(1)).isEqualTo(A);
        assertThat(C.of(3)).isEqualTo(C);
        assertThat(C.of(4)).isNull();
    }
}

package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProducerTest {
    @Test
    void threeHeadersMakeAProducer() {
        assertThat(Producer.parse("p", "0", "0")).isEqualTo(new Producer("p", 0, 0));
        assertThat(Producer.parse("p", "9007199254740991", "0007"))
                .isEqualTo(new Producer("p", Producer.NUMBER_MAX, 7));
    }

    @Test
    void noHeaderMakesNone() {
        assertThat(Producer.parse(null, null, null)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        ", 1, 1, Producer-Id",
        "p, , 1, Producer-Epoch",
        "p, 1, , Producer-Seq",
        "p, , , Producer-Epoch",
        ", , 1, Producer-Id",
        ", 1, , Producer-Id",
    })
    void someOfTheHeadersAreRefusedWithTheNameOfAMissingOne(String id, String epoch, String seq, String missing) {
        assertThat(refusal(id, epoch, seq).message()).endsWith("missing: " + missing);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 1",
                "-1",
                "+1",
                "1.0",
                "1e3",
                "x",
                "٣",
                "9007199254740992",
                "9999999999999999",
                "00000000000000001",
                "18446744073709551616",
            })
    void numbersOutsideWhatAClientCanHoldAreRefused(String number) {
        assertThat(refusal("p", number, "0").message()).startsWith("Producer-Epoch is " + Quoted.of(number));
        assertThat(refusal("p", "0", number).message())
                .startsWith("Producer-Seq is " + Quoted.of(number))
                .endsWith("expected an integer from 0 to 9007199254740991");
    }

    @Test
    void anIdIsTakenUpToItsLimit() {
        String longest = "p".repeat(Producer.ID_LENGTH_MAX);
        assertThat(Producer.parse(longest, "1", "2")).isEqualTo(new Producer(longest, 1, 2));
        assertThat(refusal(longest + "p", "1", "2").message()).contains("257 characters, expected 1 to 256");
        assertThat(refusal("", "1", "2").message()).contains("0 characters");
    }

    private static Refusal refusal(String id, String epoch, String seq) {
        Refusal refusal = Refusals.of(() -> Producer.parse(id, epoch, seq));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PRODUCER);
        return refusal;
    }
}

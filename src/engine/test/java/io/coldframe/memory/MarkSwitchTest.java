package io.coldframe.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coldframe.Soak;

import org.junit.jupiter.api.Test;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicReference;

/// The protocol of a granule switch, in every order of its atomic steps.
///
/// Pages in blocks of two. The bitmaps are fakes whose words are two pages of the fine one, or one
/// block of the coarse one; each read or change of a word is a step of its own. One switch against
/// one mark is tried in all orders; more, with one word and in all orders of few preemptions, or
/// there would be millions.
final class MarkSwitchTest {

    private static final int BLOCK_PAGES = 2;

    // Each lost mark that a wrong protocol gave took two.
    private static final int PREEMPTIONS = Soak.count(4, 6);

    /// A bitmap that outlives its times in force, in words that are read and changed in steps.
    private static final class Bits {
        final Interleavings steps;
        final int pageCount;
        final int pagesOfBit;
        final BitSet bits = new BitSet();

        Bits(Interleavings steps, int pageCount, int pagesOfBit) {
            this.steps = steps;
            this.pageCount = pageCount;
            this.pagesOfBit = pagesOfBit;
        }

        int bitsOfWord() {
            return BLOCK_PAGES / pagesOfBit;
        }

        int bitCount() {
            return pageCount / pagesOfBit;
        }

        /// Looks first, as a real bitmap does, and then changes the word if need be.
        Mark mark(int page) {
            int bit = page / pagesOfBit;
            steps.step();
            if (bits.get(bit)) {
                return Mark.ALREADY_DIRTY;
            }
            steps.step();
            boolean fresh = !bits.get(bit);
            bits.set(bit);
            return fresh ? Mark.FRESH : Mark.ALREADY_DIRTY;
        }

        /// Every page of every dirty bit of the word that starts with that bit.
        private BitSet pagesOfWord(int first) {
            BitSet pages = new BitSet();
            for (int bit = first; bit < first + bitsOfWord(); bit++) {
                pages.set(bit * pagesOfBit, (bit + 1) * pagesOfBit, bits.get(bit));
            }
            return pages;
        }

        void add(Bits other) {
            for (int first = 0; first < other.bitCount(); first += other.bitsOfWord()) {
                steps.step();
                BitSet pages = other.pagesOfWord(first);
                steps.step();
                pages.stream().forEach(page -> bits.set(page / pagesOfBit));
            }
        }

        void clear() {
            for (int first = 0; first < bitCount(); first += bitsOfWord()) {
                steps.step();
                bits.clear(first, first + bitsOfWord());
            }
        }

        void drainTo(BitSet pages) {
            for (int first = 0; first < bitCount(); first += bitsOfWord()) {
                steps.step();
                pages.or(pagesOfWord(first));
                bits.clear(first, first + bitsOfWord());
            }
        }
    }

    /// One time in force.
    private record Stepped(Bits bits, int number) implements MarkSwitch.Marks<Stepped> {

        @Override
        public Mark mark(long address, long byteCount) {
            Mark mark = bits.mark((int) address);
            // Between the mark and the second look at what is in force.
            bits.steps.step();
            return mark;
        }

        @Override
        public void begin(Stepped older) {
            if (older.bits != bits) {
                bits.clear();
                // Between clearing and publishing.
                bits.steps.step();
            }
        }

        @Override
        public void add(Stepped older) {
            if (older.bits != bits) {
                bits.add(older.bits);
            }
        }
    }

    /// Two bitmaps, the switch between them, and what was drained.
    private static final class Region {
        final Bits coarse;
        final Bits fine;
        final MarkSwitch<Stepped> marks;
        final BitSet drained = new BitSet();
        private int switches;

        Region(Interleavings steps, int pageCount, boolean startsCoarse) {
            this.coarse = new Bits(steps, pageCount, BLOCK_PAGES);
            this.fine = new Bits(steps, pageCount, 1);
            this.marks = new MarkSwitch<>(in(startsCoarse ? coarse : fine), steps.lock());
        }

        private Stepped in(Bits bits) {
            return new Stepped(bits, switches++);
        }

        void down() {
            marks.replace(in(fine));
        }

        void up() {
            marks.replace(in(coarse));
        }

        void drain() {
            marks.exclusively(stepped -> stepped.bits.drainTo(drained));
        }

        Mark mark(int page) {
            return marks.mark(page, 1);
        }

        /// Whatever was marked is drained or can still be.
        void checkMarked(int... pages) {
            BitSet blocks = new BitSet();
            BitSet all = (BitSet) drained.clone();
            marks.current().bits.drainTo(all);
            for (int page : pages) {
                assertTrue(all.get(page), "lost page " + page + ", has " + all);
                blocks.set(page / BLOCK_PAGES);
            }
            all.stream()
                    .forEach(page -> assertTrue(blocks.get(page / BLOCK_PAGES), "extra " + all));
        }
    }

    @Test
    void aMarkThatRacesAStepDownIsNotLost() throws InterruptedException {
        int orders =
                Interleavings.explore(
                        steps -> {
                            Region region = new Region(steps, 4, true);
                            return new Interleavings.Program(
                                    () -> region.checkMarked(1),
                                    () -> assertEquals(Mark.FRESH, region.mark(1)),
                                    region::down);
                        });
        assertTrue(orders > 50, orders + " orders");
    }

    @Test
    void aMarkOfAPageThatIsDirtyAlreadyIsNotLostInAStepDown() throws InterruptedException {
        Interleavings.explore(
                steps -> {
                    Region region = new Region(steps, 4, true);
                    region.mark(1);
                    return new Interleavings.Program(
                            () -> region.checkMarked(1), () -> region.mark(1), region::down);
                });
    }

    @Test
    void aMarkThatRacesTheWayBackIsNotLost() throws InterruptedException {
        Interleavings.explore(
                steps -> {
                    Region region = new Region(steps, 4, false);
                    region.mark(0);
                    return new Interleavings.Program(
                            () -> region.checkMarked(0, 3), () -> region.mark(3), region::up);
                });
    }

    @Test
    void aMarkThatSleepsThroughTwoSwitchesIsNotLost() throws InterruptedException {
        for (boolean startsCoarse : new boolean[] {true, false}) {
            Interleavings.explore(
                    PREEMPTIONS,
                    steps -> {
                        Region region = new Region(steps, 2, startsCoarse);
                        Runnable there = startsCoarse ? region::down : region::up;
                        Runnable back = startsCoarse ? region::up : region::down;
                        return new Interleavings.Program(
                                () -> region.checkMarked(1),
                                () -> region.mark(1),
                                () -> {
                                    there.run();
                                    back.run();
                                });
                    });
        }
    }

    @Test
    void aMarkThatRacesADrainAndASwitchIsNotLost() throws InterruptedException {
        Interleavings.explore(
                PREEMPTIONS,
                steps -> {
                    Region region = new Region(steps, 2, true);
                    return new Interleavings.Program(
                            () -> region.checkMarked(1),
                            () -> region.mark(1),
                            region::drain,
                            region::down);
                });
    }

    @Test
    void aMarkThatRacesAWholeCaptureIsNotLost() throws InterruptedException {
        Interleavings.explore(
                PREEMPTIONS,
                steps -> {
                    Region region = new Region(steps, 2, false);
                    return new Interleavings.Program(
                            () -> region.checkMarked(0),
                            () -> region.mark(0),
                            () -> {
                                region.drain();
                                region.up();
                                region.drain();
                            });
                });
    }

    @Test
    void twoMarksThatRaceAStepDownAreNotLost() throws InterruptedException {
        Interleavings.explore(
                PREEMPTIONS,
                steps -> {
                    Region region = new Region(steps, 2, true);
                    return new Interleavings.Program(
                            () -> region.checkMarked(0, 1),
                            () -> region.mark(0),
                            () -> region.mark(1),
                            region::down);
                });
    }

    @Test
    void ofTwoWhoWantTheSameSwitchTheSecondChangesNothing() throws InterruptedException {
        Interleavings.explore(
                steps -> {
                    Region region = new Region(steps, 2, true);
                    Stepped first = region.marks.current();
                    Stepped one = region.in(region.fine);
                    Stepped other = region.in(region.fine);
                    return new Interleavings.Program(
                            () -> {
                                Stepped now = region.marks.current();
                                assertTrue(now.equals(one) || now.equals(other));
                                region.checkMarked(1);
                            },
                            () -> {
                                region.marks.replace(first, one);
                                region.mark(1);
                            },
                            () -> region.marks.replace(first, other));
                });
    }

    /// The search must find the order in which a wrong protocol loses a mark, or it proves nothing.
    @Test
    void theSearchFindsTheMarkThatIsLostWithoutASecondLook() {
        assertThrows(
                AssertionError.class,
                () ->
                        Interleavings.explore(
                                steps -> {
                                    Region region = new Region(steps, 2, true);
                                    return new Interleavings.Program(
                                            () -> region.checkMarked(1),
                                            () -> region.marks.current().mark(1, 1),
                                            region::down);
                                }));
    }

    @Test
    void theSearchFindsTheMarkThatIsLostWhenASwitchPublishesAnOldObject() {
        assertThrows(
                AssertionError.class,
                () ->
                        Interleavings.explore(
                                PREEMPTIONS,
                                steps -> {
                                    Region region = new Region(steps, 2, false);
                                    Stepped first = region.marks.current();
                                    return new Interleavings.Program(
                                            () -> region.checkMarked(1),
                                            () -> region.mark(1),
                                            () -> {
                                                region.up();
                                                region.marks.replace(first);
                                            });
                                }));
    }

    @Test
    void theSearchFindsTheMarkThatIsLostWhenTheFoldComesFirst() {
        assertThrows(
                AssertionError.class,
                () ->
                        Interleavings.explore(
                                steps -> {
                                    Region region = new Region(steps, 2, true);
                                    AtomicReference<Bits> current =
                                            new AtomicReference<>(region.coarse);
                                    return new Interleavings.Program(
                                            () -> {
                                                region.marks.replace(region.in(current.get()));
                                                region.checkMarked(1);
                                            },
                                            () -> markAndLookAgain(steps, current, 1),
                                            () -> {
                                                region.fine.add(region.coarse);
                                                steps.step();
                                                current.set(region.fine);
                                                region.coarse.clear();
                                            });
                                }));
    }

    private static void markAndLookAgain(
            Interleavings steps, AtomicReference<Bits> current, int page) {
        Bits seen = current.get();
        seen.mark(page);
        steps.step();
        if (current.get() != seen) {
            current.get().mark(page);
        }
    }
}

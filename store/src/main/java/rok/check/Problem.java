package rok.check;

import rok.format.StoreException;

/**
 * What is wrong with something.
 *
 * @param text in users' words
 * @param mayBeGood it is whole, and a key is missing: nobody can tell, so it stays where it is
 */
record Problem(String text, boolean mayBeGood) {
    static Problem of(StoreException e) {
        return new Problem(String.valueOf(e.getMessage()), e instanceof StoreException.KeyMissing);
    }

    static Problem of(String text) {
        return new Problem(text, false);
    }
}

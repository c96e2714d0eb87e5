/* AVX2, which x86-64 has had since 2013, where this processor has it; on others everything is left to pixels.c, and so it
 * is with TK_NO_VECTOR, for tests. */
#include "pixels.h"

#include <stddef.h>

#include "lr_abi.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(TK_NO_VECTOR)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline, target("avx2")))

enum { BLOCK = 16 }; /* Pixels at a time. */

/* Of 16 pixels, each colour in 16 bits. */
struct colours {
    __m256i red, green, blue;
};

INLINE struct colours unpack_565(__m256i pixels, int zero_filled) {
    const __m256i five = _mm256_set1_epi16(0xf8), six = _mm256_set1_epi16(0xfc);
    struct colours c = {
        _mm256_and_si256(_mm256_srli_epi16(pixels, 8), five),
        _mm256_and_si256(_mm256_srli_epi16(pixels, 3), six),
        _mm256_and_si256(_mm256_slli_epi16(pixels, 3), five),
    };
    if (!zero_filled) {
        c.red = _mm256_or_si256(c.red, _mm256_srli_epi16(c.red, 5));
        c.green = _mm256_or_si256(c.green, _mm256_srli_epi16(c.green, 6));
        c.blue = _mm256_or_si256(c.blue, _mm256_srli_epi16(c.blue, 5));
    }
    return c;
}

INLINE struct colours unpack_1555(__m256i pixels, int zero_filled) {
    const __m256i five = _mm256_set1_epi16(0xf8);
    struct colours c = {
        _mm256_and_si256(_mm256_srli_epi16(pixels, 7), five),
        _mm256_and_si256(_mm256_srli_epi16(pixels, 2), five),
        _mm256_and_si256(_mm256_slli_epi16(pixels, 3), five),
    };
    if (!zero_filled) {
        c.red = _mm256_or_si256(c.red, _mm256_srli_epi16(c.red, 5));
        c.green = _mm256_or_si256(c.green, _mm256_srli_epi16(c.green, 5));
        c.blue = _mm256_or_si256(c.blue, _mm256_srli_epi16(c.blue, 5));
    }
    return c;
}

/* One byte of each of 16 pixels of 4 bytes. */
INLINE __m256i pick(__m256i first, __m256i second, int shift) {
    const __m256i byte = _mm256_set1_epi32(0xff);
    __m256i low = _mm256_and_si256(_mm256_srli_epi32(first, shift), byte);
    __m256i high = _mm256_and_si256(_mm256_srli_epi32(second, shift), byte);
    /* Packing works in halves, so that the middle quarters have to change places. */
    return _mm256_permute4x64_epi64(_mm256_packus_epi32(low, high), 0xd8);
}

INLINE struct colours read_block(const uint8_t *row, unsigned i, int format) {
    int zero_filled = (format & TK_ZERO_FILLED) != 0;
    if (format == LR_PIXEL_XRGB8888) {
        __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)(row + 4 * (size_t)i));
        __m256i second = _mm256_loadu_si256((const __m256i *)(const void *)(row + 4 * (size_t)i + 32));
        return (struct colours){pick(first, second, 16), pick(first, second, 8), pick(first, second, 0)};
    }
    __m256i pixels = _mm256_loadu_si256((const __m256i *)(const void *)(row + 2 * (size_t)i));
    return (format & ~TK_ZERO_FILLED) == LR_PIXEL_RGB565 ? unpack_565(pixels, zero_filled)
                                                         : unpack_1555(pixels, zero_filled);
}

INLINE struct colours read_both(const uint8_t *row, const uint8_t *before, unsigned i, int format) {
    struct colours c = read_block(row, i, format);
    if (before != NULL) {
        struct colours other = read_block(before, i, format);
        c.red = _mm256_max_epi16(c.red, other.red);
        c.green = _mm256_max_epi16(c.green, other.green);
        c.blue = _mm256_max_epi16(c.blue, other.blue);
    }
    return c;
}

INLINE void write_rgb(struct colours c, uint8_t *to) {
    const __m256i red_green = _mm256_or_si256(c.red, _mm256_slli_epi16(c.green, 8));
    /* In each half, 8 pixels: their first 16 bytes, and the last 8. */
    const __m256i pairs_16 = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, -1, 2, 3, -1, 4, 5, -1, 6, 7, -1, 8, 9, -1, 10));
    const __m256i blues_16 =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, -1, 0, -1, -1, 2, -1, -1, 4, -1, -1, 6, -1, -1, 8, -1));
    const __m256i pairs_8 =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(11, -1, 12, 13, -1, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1));
    const __m256i blues_8 =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, 10, -1, -1, 12, -1, -1, 14, -1, -1, -1, -1, -1, -1, -1, -1));
    __m256i first = _mm256_or_si256(_mm256_shuffle_epi8(red_green, pairs_16), _mm256_shuffle_epi8(c.blue, blues_16));
    __m256i last = _mm256_or_si256(_mm256_shuffle_epi8(red_green, pairs_8), _mm256_shuffle_epi8(c.blue, blues_8));
    _mm_storeu_si128((__m128i *)(void *)to, _mm256_castsi256_si128(first));
    _mm_storel_epi64((__m128i *)(void *)(to + 16), _mm256_castsi256_si128(last));
    _mm_storeu_si128((__m128i *)(void *)(to + 24), _mm256_extracti128_si256(first, 1));
    _mm_storel_epi64((__m128i *)(void *)(to + 40), _mm256_extracti128_si256(last, 1));
}

INLINE void write_gray(struct colours c, uint8_t *to) {
    const __m256i red_green = _mm256_set1_epi32(TK_GREEN << 16 | TK_RED), blue_alone = _mm256_set1_epi32(TK_BLUE);
    const __m256i zero = _mm256_setzero_si256();
    __m256i low = _mm256_add_epi32(_mm256_madd_epi16(_mm256_unpacklo_epi16(c.red, c.green), red_green),
                                   _mm256_madd_epi16(_mm256_unpacklo_epi16(c.blue, zero), blue_alone));
    __m256i high = _mm256_add_epi32(_mm256_madd_epi16(_mm256_unpackhi_epi16(c.red, c.green), red_green),
                                    _mm256_madd_epi16(_mm256_unpackhi_epi16(c.blue, zero), blue_alone));
    __m256i words = _mm256_packus_epi32(_mm256_srli_epi32(low, TK_GRAY_SHIFT), _mm256_srli_epi32(high, TK_GRAY_SHIFT));
    __m256i bytes = _mm256_permute4x64_epi64(_mm256_packus_epi16(words, words), 0xd8);
    _mm_storeu_si128((__m128i *)(void *)to, _mm256_castsi256_si128(bytes));
}

INLINE unsigned rgb(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to) {
    unsigned i = 0;
    for (; i + BLOCK <= count; i += BLOCK) {
        write_rgb(read_both(row, before, i, format), to + 3 * (size_t)i);
    }
    return i;
}

INLINE unsigned gray(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to) {
    unsigned i = 0;
    for (; i + BLOCK <= count; i += BLOCK) {
        write_gray(read_both(row, before, i, format), to + i);
    }
    return i;
}

/* The formats are named one by one so that the compiler makes a loop of each. */
#define FOR_EACH_FORMAT(function)                                                                                      \
    switch (format) {                                                                                                  \
    case LR_PIXEL_XRGB8888:                                                                                            \
        return function(row, before, count, LR_PIXEL_XRGB8888, to);                                                    \
    case LR_PIXEL_RGB565:                                                                                              \
        return function(row, before, count, LR_PIXEL_RGB565, to);                                                      \
    case LR_PIXEL_RGB565 | TK_ZERO_FILLED:                                                                             \
        return function(row, before, count, LR_PIXEL_RGB565 | TK_ZERO_FILLED, to);                                     \
    default:                                                                                                           \
        return function(row, before, count, format, to);                                                               \
    }

AVX2 static unsigned rgb_avx2(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to) {
    FOR_EACH_FORMAT(rgb)
}

AVX2 static unsigned gray_avx2(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to) {
    FOR_EACH_FORMAT(gray)
}

AVX2 static unsigned add_avx2(uint32_t *sums, const uint8_t *row, uint32_t weight, unsigned count) {
    const __m256i weights = _mm256_set1_epi32((int)weight);
    unsigned i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256i *at = (__m256i *)(void *)(sums + i);
        __m256i values = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)(row + i)));
        _mm256_storeu_si256(at, _mm256_add_epi32(_mm256_loadu_si256(at), _mm256_mullo_epi32(values, weights)));
    }
    return i;
}

unsigned tk_pixels_add_fast(uint32_t *sums, const uint8_t *row, uint32_t weight, unsigned count) {
    return __builtin_cpu_supports("avx2") ? add_avx2(sums, row, weight, count) : 0;
}

unsigned tk_pixels_rgb_fast(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to) {
    return __builtin_cpu_supports("avx2") ? rgb_avx2(row, before, count, format, to) : 0;
}

unsigned tk_pixels_gray_fast(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to) {
    return __builtin_cpu_supports("avx2") ? gray_avx2(row, before, count, format, to) : 0;
}

#else

unsigned tk_pixels_rgb_fast(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to) {
    (void)row, (void)before, (void)count, (void)format, (void)to;
    return 0;
}

unsigned tk_pixels_gray_fast(const uint8_t *row, const uint8_t *before, unsigned count, int format, uint8_t *to) {
    (void)row, (void)before, (void)count, (void)format, (void)to;
    return 0;
}

unsigned tk_pixels_add_fast(uint32_t *sums, const uint8_t *row, uint32_t weight, unsigned count) {
    (void)sums, (void)row, (void)weight, (void)count;
    return 0;
}

#endif

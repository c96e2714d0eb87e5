/* The flow of the game: title, level after level, game over. */

#include "hop.h"

#define LIVES 3
#define TIME_FRAMES 24 /* frames that one unit of the clock takes */

static u8 n, clock_frames, glow;
static u16 target;

static const u8 times[LEVELS + 1] = {0, 160, 180, 200, 210, 220, 240};
static const u8 gold[8] = {0x28, 0x28, 0x28, 0x38, 0x30, 0x38, 0x28, 0x18};

static void set_state(u8 next) {
    state = next;
    state_timer = 0;
}

static void frame(void) {
    sound_update();
    wait_frame();
    read_pad();
    ++state_timer;
    rng = (rng << 1) ^ ((rng & 0x8000) ? 0x1021 : 0) ^ pad;
    if (!rng)
        rng = 1;
}

static void text(u16 address, const char *words) {
    vram_seek(address);
    while (*words) {
        vram_put(*words);
        ++words;
    }
}

static void follow(void) {
    if (hero_x > camera + 112) {
        camera = hero_x - 112;
        if (camera > level_width - 256)
            camera = level_width - 256;
    }
    scroll_x = (u8)camera;
    scroll_high = camera >> 8;
}

static void draw(void) {
    clear_sprites();
    hero_draw();
    enemies_draw();
    items_draw();
    /* The banner slides down its pole. */
    if (level) {
        screen_place(flag_x - 8);
        if (visible) {
            target = state == FLAG ? state_timer << 1 : state == TALLY ? 60 : 0;
            spr_y = TOP + 92 + (target > 60 ? 60 : (u8)target);
            spr_frame = F_BANNER + ((u8)(state_timer >> 3) & 1);
            spr_flags = 2;
            put_sprite();
        }
    }
}

static void glitter(void) {
    if ((u8)frame_counter & 7 || queue_length > 50)
        return;
    glow = (glow + 1) & 7;
    n = queue_length;
    queue[n] = 0x3F;
    queue[n + 1] = 0x0F;
    queue[n + 2] = 1;
    queue[n + 3] = gold[glow];
    queue_length = n + 4;
}

static void sprite_zero(void) {
    OAM[0] = 28;
    OAM[1] = T_DOT;
    OAM[2] = 0x20;
    OAM[3] = 248;
}

static void title(void) {
    set_state(TITLE);
    screen_off();
    level = 0;
    score = 0;
    start_level = 1;
    level_load();
    for (n = 0; n < LOGO_ROWS; ++n) {
        static u8 x;
        vram_seek(0x2000 + LOGO_AT + ((u16)n << 5));
        for (x = 0; x < LOGO_COLUMNS; ++x)
            vram_put(logo[n][x]);
    }
    for (n = 0; n < 3; ++n) {
        spr_frame = 0x55;
        vram_seek(0x23C8 + 1 + (n << 3));
        vram_fill(6);
    }
    for (n = 0; n < 4; ++n) {
        spr_frame = ' ';
        vram_seek(0x2208 + ((u16)n << 5));
        vram_fill(16);
    }
    text(0x222A, "PRESS START");
    text(0x2269, "SELECT LEVEL 1");
    spr_frame = 0x55;
    vram_seek(0x23E2);
    vram_fill(4);
    hero_place();
    hero_x = 64;
    hero_vx = 0x100;
    camera = 0;
    scroll_x = scroll_high = 0;
    OAM[0] = 0xF8;
    clear_sprites();
    screen_on();
    for (;;) {
        /* The hare runs across the meadow for ever. */
        hero_x = (hero_x + 1) & 0xFF;
        if (hero_x > 240)
            hero_x = 2;
        clear_sprites();
        hero_draw();
        glitter();
        frame();
        if (pad_new & PAD_SELECT) {
            if (++start_level > LEVELS)
                start_level = 1;
            sound_play(S_COIN);
        }
        if (start_level < 1 || start_level > LEVELS)
            start_level = 1;
        n = queue_length;
        queue[n] = 0x22;
        queue[n + 1] = 0x76;
        queue[n + 2] = 1;
        queue[n + 3] = '0' + start_level;
        queue_length = n + 4;
        if (pad_new & PAD_START)
            break;
    }
    sound_play(S_START);
    level = start_level;
    lives = LIVES;
    coins = power = deaths = levels_done = 0;
    score = 0;
    rng = (u16)frame_counter | 1;
}

static void dark(void) {
    screen_off();
    for (n = 0; n < 32; ++n)
        palette[n] = level_palettes[1][n];
    for (n = 0; n < 16; n += 4)
        palette[n] = 0x0F;
    palette_ready = 1;
    spr_frame = ' ';
    vram_seek(0x2000);
    vram_fill(960);
    spr_frame = 0x55;
    vram_fill(64);
    OAM[0] = 0xF8;
    clear_sprites();
    scroll_x = scroll_high = 0;
}

static void wait(u16 frames) {
    while (state_timer < frames)
        frame();
}

static void intro(void) {
    set_state(INTRO);
    dark();
    text(0x218C, "LEVEL");
    vram_seek(0x2192);
    vram_put('0' + level);
    text(0x21CA, level_names[level]);
    text(0x2231, "X");
    vram_seek(0x2233);
    vram_put('0' + lives);
    spr_x = 112;
    spr_y = 128;
    spr_clip = 0;
    spr_frame = F_HERO_STAND;
    spr_flags = power ? 2 : 0;
    put_tall_sprite();
    screen_on();
    wait(90);
}

static void open_level(void) {
    screen_off();
    hero_place();
    level_load();
    status_draw();
    time = times[level];
    clock_frames = 0;
    OAM[0] = 0xF8;
    clear_sprites();
    sprite_zero();
    follow();
    draw();
    split = 1;
    screen_on();
    set_state(PLAY);
}

static void play(void) {
    while (state == PLAY) {
        frame();
        if (pad_new & PAD_START) {
            do
                frame();
            while (!(pad_new & PAD_START));
        }
        hero_move();
        enemies_move();
        items_move();
        follow();
        level_scroll();
        hero_look();
        draw();
        status_update();
        glitter();
        if (++clock_frames == TIME_FRAMES) {
            clock_frames = 0;
            if (!--time)
                hero_die(BY_TIME);
        }
        if (death)
            set_state(DYING);
        else if (hero_x + 8 >= flag_x) {
            flag_reached = 1;
            set_state(FLAG);
        }
    }
}

static void dying(void) {
    hero_vy = -0x0400;
    hero_vx = 0;
    while (state_timer < 100) {
        frame();
        if (state_timer > 20 && hero_y < 240) {
            hero_y += hero_vy >> 8;
            hero_vy += 0x30;
        }
        draw();
        status_update();
        glitter();
    }
    --lives;
    set_state(lives ? INTRO : GAME_OVER);
}

static void flag(void) {
    sound_play(S_FLAG);
    /* The higher on the pole, the more. */
    target = hero_y < TOP + 160 ? (TOP + 176 - (u16)hero_y) >> 1 : 10;
    add_score(target);
    hero_x = flag_x - 8;
    on_ground = 0;
    while (state_timer < 60) {
        frame();
        if (hero_y < TOP + 160)
            hero_y += 2;
        draw();
        status_update();
        glitter();
    }
    /* Into the burrow. */
    on_ground = 1;
    hero_y = TOP + 160;
    while (hero_x < flag_x + 16 * BURROW_FROM_FLAG) {
        pad = PAD_RIGHT;
        hero_vx = 0x0120;
        ++hero_x;
        frame();
        draw();
        follow();
        level_scroll();
        glitter();
    }
    set_state(TALLY);
    hero_y = 240;
    while (time) {
        frame();
        --time;
        add_score(1);
        if (!(time & 3))
            sound_play(S_COIN);
        draw();
        status_update();
    }
    set_state(TALLY);
    while (state_timer < 40) {
        frame();
        draw();
        status_update();
    }
    ++levels_done;
    if (level == LEVELS)
        set_state(ENDING);
    else {
        ++level;
        set_state(INTRO);
    }
}

static void final(const char *first, const char *second) {
    dark();
    text(0x21AC - 1, first);
    text(0x21E8, second);
    text(0x222A, "SCORE");
    status_number((u16)(score / 10), 5);
    vram_seek(0x2230);
    for (n = 0; n < 5; ++n)
        vram_put(digits[n]);
    vram_put('0');
    screen_on();
    wait(state == ENDING ? 480 : 240);
}

void main(void) {
    for (;;) {
        title();
        set_state(INTRO);
        while (state == INTRO) {
            intro();
            open_level();
            play();
            if (state == FLAG)
                flag();
            else
                dying();
        }
        if (state == ENDING)
            final(" HOME AGAIN!", "THE BURROW IS SAFE");
        else
            final(" GAME OVER", "                ");
    }
}

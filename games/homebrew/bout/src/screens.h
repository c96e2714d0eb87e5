/* What is drawn: backdrop, fighters, head-up display, and the texts of every screen. */
#ifndef SCREENS_H
#define SCREENS_H
void screens_init(void);
void draw_frame(void);
void big_text(int y, const char *s, int palette);   /* centred, 16 pixels a letter */
void draw_backdrop(int number);
void draw_service(void);
#endif
